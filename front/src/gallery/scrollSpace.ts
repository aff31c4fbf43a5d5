/**
 * [Note: Scroll space]
 *
 * Two million assets are some eighty million pixels high, but browsers stop at 17 to 33 million and lose precision
 * before. So the element that scrolls is at most `MOST` high, and shows a window of the *virtual* height:
 *
 *     virtual = scrollTop + shift
 *
 * Scrolling by hand moves `scrollTop`, one to one. Jumps (scrubber, opening a photo) choose both numbers. When heights
 * above the reader change, `shift` takes the difference and nothing on the screen moves. What `shift` has absorbed is
 * given back ("settled") while nobody scrolls, or at once when the reader comes near an end of the element.
 */

/** The most that the scrolled element measures, in CSS pixels. */
const MOST = 4_000_000;

export interface Placement {
  readonly scrollTop: number;
  readonly shift: number;
}

export class ScrollSpace {
  shift = 0;
  private virtualHeight = 0;
  private viewport = 0;
  private readonly most: number;

  constructor(most: number = MOST) {
    this.most = most;
  }

  resize(virtualHeight: number, viewport: number): void {
    this.virtualHeight = virtualHeight;
    this.viewport = viewport;
  }

  /** The greatest virtual offset that the viewport's top may have. */
  get reach(): number {
    return Math.max(0, this.virtualHeight - this.viewport);
  }

  /** The height for the scrolled element. */
  get spacer(): number {
    return Math.max(0, Math.min(this.most, this.virtualHeight - this.shift));
  }

  toVirtual(scrollTop: number): number {
    return Math.min(this.reach, Math.max(0, scrollTop + this.shift));
  }

  /** The best way to show this virtual offset: with room to scroll in both directions, and true ends. */
  place(virtualTop: number): Placement {
    const wanted = Math.min(this.reach, Math.max(0, virtualTop));
    const excess = Math.max(0, this.virtualHeight - this.most);
    const shift = Math.round(Math.min(excess, Math.max(0, wanted - this.most / 2)));
    return { scrollTop: wanted - shift, shift };
  }

  /** Whether scrolling on by hand would soon meet an end of the element that is not an end of the content. */
  mustSettle(scrollTop: number): boolean {
    const near = this.viewport * 2;
    const bottom = this.virtualHeight - this.shift;
    const falseTop = this.shift !== 0 && scrollTop < near;
    const falseBottom = bottom > this.most && scrollTop + this.viewport > this.most - near;
    return falseTop || falseBottom;
  }

  /** Whether `shift` holds something that should be given back when nobody scrolls. */
  wantsSettling(scrollTop: number): boolean {
    if (this.mustSettle(scrollTop)) return true;
    if (this.virtualHeight <= this.most) return this.shift !== 0;
    return this.shift < 0 || this.virtualHeight - this.shift < Math.min(this.most, this.virtualHeight);
  }
}
