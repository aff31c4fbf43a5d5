import { laterTexts } from '@/shared/i18n';

/** A part of the application did not come: there is no network, or the server has a newer version by now. */
export class PartMissing extends Error {
  constructor(cause: unknown) {
    super('A part of the application could not be fetched.', { cause });
    this.name = 'PartMissing';
  }
}

const PAUSE_MS = 800;

/**
 * For `lazy`: fetches a part of the application and the texts of later parts, once more when they did not come.
 * @throws {PartMissing}
 */
export function part<T>(load: () => Promise<T>): () => Promise<T> {
  const loadAll = async () => (await Promise.all([load(), laterTexts()]))[0];
  return async () => {
    try {
      return await loadAll();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      return loadAll().catch((error: unknown) => {
        throw new PartMissing(error);
      });
    }
  };
}
