/** Photos that another application hands over: "Share" on a phone, with the installed gallery as the target. */
import { putIntoInbox } from '@/shared/lib/inbox';
import { SHARE_PATH } from './routing';

/** The name that the manifest gives to the files of the form. */
const FIELD = 'files';

/**
 * Puts the files where the page finds them, and leads there. When that fails the page comes up with nothing in it and asks
 * to choose: words, and no lost tap.
 */
export async function receive(request: Request): Promise<Response> {
  try {
    const form = await request.formData();
    const files = form.getAll(FIELD).filter((entry) => entry instanceof File && entry.size > 0);
    await putIntoInbox(files as File[]);
  } catch {
    // See above.
  }
  return Response.redirect(SHARE_PATH, 303);
}
