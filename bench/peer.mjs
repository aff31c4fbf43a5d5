// The peer's recipe on the same files: a preview, a thumb and a thumbhash a photo, as its server makes them with sharp.
// Reads a JSON list of paths from standard input; answers the CPU seconds of this process.
import { readFileSync } from "node:fs";
import sharp from "sharp";
import { rgbaToThumbHash } from "thumbhash";

const files = JSON.parse(readFileSync(0, "utf8"));
sharp.concurrency(1);
sharp.cache(false);

const limits = { failOn: "error", limitInputPixels: false };

async function derive(path) {
  // It decodes once, to the preview's size, and makes everything from that.
  const within = (side) => ({ width: side, height: side, fit: "outside", withoutEnlargement: true });
  const source = sharp(path, limits).rotate().withIccProfile("srgb").resize(within(1440)).raw();
  const { data, info } = await source.toBuffer({ resolveWithObject: true });
  const raw = { raw: { width: info.width, height: info.height, channels: info.channels }, ...limits };
  await Promise.all([
    sharp(data, raw).resize(within(1440)).jpeg({ quality: 80 }).toBuffer(),
    sharp(data, raw).resize(within(250)).webp({ quality: 80 }).toBuffer(),
    hash(data, raw),
  ]);
}

async function hash(data, raw) {
  const small = sharp(data, raw).resize(100, 100, { fit: "inside", withoutEnlargement: true }).ensureAlpha().raw();
  const { data: pixels, info } = await small.toBuffer({ resolveWithObject: true });
  return rgbaToThumbHash(info.width, info.height, pixels);
}

await derive(files[0]);
const before = process.cpuUsage();
for (const path of files) await derive(path);
const used = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ cpu_seconds: (used.user + used.system) / 1e6 }));
