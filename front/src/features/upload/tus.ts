import { DetailedError, type HttpResponse, Upload } from 'tus-js-client';
import { authorizedFetch } from '@/api/authorized';
import { Offline, Problem, problemOf } from '@/api/problem';
import { accessToken, discardToken, personOf, sessionState, spokenLanguage } from '@/api/session';
import type { UploadState, User } from '@/api/types';
import { SignedOut, Unreadable } from './decisions';
import type { UploadItem } from './model';
import type { SendHooks, Stored } from './store';

/**
 * Sending one file by tus 1.0 (https://tus.io/protocols/resumable-upload). One call is one attempt: when to try
 * again is the queue's decision, so the library's own retries and its own storage of addresses stay off.
 *
 * The whole feature is fetched after the first photos are on the screen, tus-js-client with it: who chooses files in a
 * tunnel must not find that the code to send them is still on the other side.
 *
 * [Note: Size of a piece]
 * A piece is one PATCH. What the server has received stays even when the connection is cut in the middle of a piece,
 * so pieces are not needed to resume. They bound what a proxy in between may hold back, and they are the steps at
 * which the access token is renewed. Each costs a round trip and some 40 ms of the server (two cores, 200 MB to
 * ourselves): 1 MB pieces moved 20 MB/s, 5 MB 80, 10 MB 110, 32 MB and more 115. So photos travel whole, only films are cut,
 * and on a line of 20 Mbit/s and 200 ms the cuts cost two seconds in a hundred.
 */
export const CHUNK_SIZE = 32 * 1024 * 1024;
/** Up to this size the bytes travel in the request that creates the upload: a round trip less, little to lose. */
const WITH_CREATION = 256 * 1024;
const ENDPOINT = '/api/uploads';

/**
 * Sends `file` from wherever the server left off and answers what became of it. Rejects with Problem, Offline,
 * Unreadable or SignedOut, or with the signal's reason once that aborts.
 */
export async function send(item: UploadItem, file: File, hooks: SendHooks): Promise<Stored> {
  try {
    const [response, url] = await attempt(item, file, hooks);
    return storedBy(response) ?? (await askFor(url));
  } catch (error) {
    if (error instanceof Wordless) {
      return await askFor(error.url, error.problem);
    }
    if (error instanceof Offline && !hooks.signal.aborted && !(await canBeRead(file))) {
      // Browsers report a file that changed or vanished on disk as a failed request.
      throw new Unreadable(file.name, { cause: error });
    }
    throw error;
  }
}

function attempt(item: UploadItem, file: File, hooks: SendHooks): Promise<[HttpResponse, string]> {
  const person = personOf(sessionState());
  return new Promise((resolve, reject) => {
    let token = '';
    const upload = new Upload(file, {
      // Given both addresses, the library would answer a 401 to HEAD by starting from zero.
      ...(item.uploadUrl === null ? { endpoint: ENDPOINT } : { uploadUrl: item.uploadUrl }),
      chunkSize: CHUNK_SIZE,
      uploadDataDuringCreation: file.size <= WITH_CREATION,
      retryDelays: [],
      storeFingerprintForResuming: false,
      metadata: metadataOf(item),
      onBeforeRequest: async (request) => {
        token = await freshToken(person);
        request.setHeader('Authorization', `Bearer ${token}`);
        request.setHeader('Accept-Language', spokenLanguage());
      },
      onUploadUrlAvailable: () => hooks.located(upload.url ?? ''),
      onProgress: (sent) => hooks.progress(sent),
      onSuccess: ({ lastResponse }) => resolve([lastResponse, upload.url ?? '']),
      onError: (error) => {
        const found = errorOf(error);
        if (found instanceof Problem && found.status === 401) {
          discardToken(token);
        }
        reject(wordless(error) && item.uploadUrl !== null ? new Wordless(item.uploadUrl, found) : found);
      },
    });
    hooks.signal.addEventListener(
      'abort',
      () => {
        void upload.abort();
        reject(hooks.signal.reason);
      },
      { once: true },
    );
    upload.start();
  });
}

async function freshToken(person: User | null): Promise<string> {
  try {
    return await accessToken(person);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      throw new SignedOut('', { cause: error });
    }
    throw error;
  }
}

function metadataOf(item: UploadItem): Record<string, string> {
  return {
    filename: item.name,
    space_id: item.spaceId,
    last_modified: new Date(item.modified).toISOString(),
    ...(item.mime === '' ? {} : { filetype: item.mime }),
    ...(item.sha256 === null ? {} : { sha256: item.sha256 }),
    ...(item.revive ? { revive: 'true' } : {}),
  };
}

/** What the last response says about the asset; undefined when it says nothing. */
function storedBy(response: HttpResponse): Stored | undefined {
  const assetId = response.getHeader('Asset-Id');
  if (!assetId) {
    return undefined;
  }
  return {
    assetId,
    duplicate: response.getHeader('Asset-Duplicate') === 'true',
    trashed: response.getHeader('Asset-Trashed') === 'true',
  };
}

/**
 * What became of an upload, when the last response was lost or had no words.
 * @throws {Problem} with the reason; `otherwise` when the server sees none any more.
 */
async function askFor(url: string, otherwise: Error = problemOf(500, null)): Promise<Stored> {
  const response = await authorizedFetch(url);
  const { asset } = (await response.json()) as UploadState;
  if (asset === null) {
    throw otherwise;
  }
  return { assetId: asset.id, duplicate: asset.duplicate, trashed: asset.trashed };
}

/** Tells the server that nobody will send the rest. It would find out by itself in seven days, so failing is fine. */
export async function terminate(url: string): Promise<void> {
  try {
    await authorizedFetch(url, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } });
  } catch {
    // Deliberately nothing; see above.
  }
}

/** A refusal of HEAD has a status and no body, so no code and no sentence; GET of the same address has them. */
class Wordless extends Error {
  readonly url: string;
  readonly problem: Error;

  constructor(url: string, problem: Error) {
    super(problem.message);
    this.url = url;
    this.problem = problem;
  }
}

function wordless(error: Error | DetailedError): boolean {
  return (
    error instanceof DetailedError &&
    error.originalRequest?.getMethod() === 'HEAD' &&
    (error.originalResponse?.getStatus() ?? 0) >= 400
  );
}

function errorOf(error: Error | DetailedError): Error {
  if (!(error instanceof DetailedError)) {
    return error;
  }
  const response = error.originalResponse;
  if (response !== null && response.getStatus() > 0) {
    return problemOf(
      response.getStatus(),
      parsed(response.getBody()),
      response.getHeader('Retry-After') ?? null,
    );
  }
  const cause = error.causingError;
  if (cause instanceof Problem || cause instanceof Offline || cause instanceof SignedOut) {
    return cause;
  }
  return new Offline(error);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

async function canBeRead(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    await file.slice(-1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
