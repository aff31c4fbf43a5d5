/** A part of the application did not come: there is no network, or the server has a newer version by now. */
export class PartMissing extends Error {
  constructor(cause: unknown) {
    super('A part of the application could not be fetched.', { cause });
    this.name = 'PartMissing';
  }
}

const PAUSE_MS = 800;

/** For `lazy`: fetches a part of the application, once more when it did not come. @throws {PartMissing} */
export function part<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      return load().catch((error: unknown) => {
        throw new PartMissing(error);
      });
    }
  };
}
