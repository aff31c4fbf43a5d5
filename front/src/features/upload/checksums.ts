/** Larger files are sent without asking first: WebCrypto wants the whole file in memory at once. */
export const HASH_LIMIT = 64 * 1024 * 1024;

/** False on pages without https (a home network by address): browsers offer no hashing there. */
export function canHash(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

/** SHA-256 of the file as lower-case hex. Rejects when the file can't be read. */
export async function sha256(file: Blob): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
