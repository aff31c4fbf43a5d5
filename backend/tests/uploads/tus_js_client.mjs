/**
 * Sends files with the real tus-js-client, as a browser would, and tells about each as a line of JSON.
 *
 * Standard input: {endpoint, token, spaceId, files: [path], chunkSize, lanes, memory}. `memory` is a file that plays the
 * browser's storage: a second run with the same one goes on where the first was killed.
 * Standard output: {event: "begun", path} when an upload has its address, then {event: "stored", path, assetId, duplicate} or
 * {event: "failed", path, status, message}.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const tus = createRequire(new URL('../../../front/package.json', import.meta.url))('tus-js-client');
const job = JSON.parse(fs.readFileSync(0, 'utf8'));
const urlStorage = new tus.FileUrlStorage(job.memory);
const tell = (line) => fs.writeSync(1, `${JSON.stringify(line)}\n`);
const ACCEPTED = [500, 502, 503, 423, 409];

async function send(file) {
  const bytes = fs.readFileSync(file);
  await new Promise((resolve) => {
    const upload = new tus.Upload(bytes, {
      endpoint: job.endpoint,
      chunkSize: job.chunkSize,
      uploadDataDuringCreation: job.withCreation ?? false,
      // A gallery that restarts needs seconds; the library counts anew after every byte that arrives.
      retryDelays: Array.from({ length: 80 }, (_, attempt) => Math.min(20 * (attempt + 1), 250)),
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        return status === 0 || ACCEPTED.includes(status);
      },
      urlStorage,
      fingerprint: async () => `${job.spaceId}/${path.basename(file)}`,
      removeFingerprintOnSuccess: true,
      headers: { Authorization: `Bearer ${job.token}` },
      metadata: { filename: path.basename(file), space_id: job.spaceId, filetype: 'image/jpeg' },
      onUploadUrlAvailable: () => tell({ event: 'begun', path: file, url: upload.url }),
      onSuccess: ({ lastResponse }) => {
        const header = (name) => lastResponse.getHeader(name) ?? null;
        tell({
          event: 'stored',
          path: file,
          assetId: header('Asset-Id'),
          duplicate: header('Asset-Duplicate') === 'true',
        });
        resolve();
      },
      onError: (error) => {
        const response = error.originalResponse;
        tell({ event: 'failed', path: file, status: response?.getStatus() ?? 0, message: String(error) });
        resolve();
      },
    });
    upload.findPreviousUploads().then((previous) => {
      if (previous.length > 0) upload.resumeFromPreviousUpload(previous[0]);
      upload.start();
    });
  });
}

const waiting = [...job.files];
async function lane() {
  for (let file = waiting.shift(); file; file = waiting.shift()) await send(file);
}
await Promise.all(Array.from({ length: job.lanes ?? 3 }, lane));
