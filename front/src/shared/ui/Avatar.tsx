import styles from './Avatar.module.css';

/** A person or a space as initials; the colour follows from the id, so it stays the same everywhere. */
export function Avatar({
  id,
  name,
  size = 40,
  square,
}: {
  id: string;
  name: string;
  size?: number;
  square?: boolean;
}) {
  return (
    <span
      className={styles.avatar}
      style={{
        width: size,
        height: size,
        fontSize: size * 0.4,
        borderRadius: square ? size * 0.26 : '50%',
        '--hue': hueOf(id),
      }}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => /[\p{L}\p{N}]/u.exec(word ?? '')?.[0] ?? '',
  );
  return letters.join('').toLocaleUpperCase() || '?';
}

export function hueOf(id: string): number {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % 360;
}
