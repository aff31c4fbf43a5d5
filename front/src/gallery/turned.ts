/** Shows pictures turned: the bytes stay, the browser turns. */
import { classes } from '@/shared/ui';
import type { Rotation } from './source';
import styles from './turned.module.css';

/** The class of the element that the picture fills; its own size must not come from the picture. */
export function turnedBox(rotation: Rotation): string | undefined {
  return rotation === 0 ? undefined : styles.box;
}

/** The class of a picture that is placed absolutely and fills its box. */
export function turnedPicture(rotation: Rotation): string | undefined {
  return rotation === 0 ? undefined : classes(styles.turned, styles[`by${rotation}`]);
}

/** The next rotation in a direction: 1 is clockwise. */
export function turn(rotation: Rotation, direction: 1 | -1): Rotation {
  return ((rotation + 360 + 90 * direction) % 360) as Rotation;
}

/** Whether the picture lies on its side: what was its width is its height. */
export function isSideways(rotation: Rotation): boolean {
  return rotation % 180 !== 0;
}
