/** Where the scroller is to stand, in its own pixels. */
export interface ScrollCommand {
  readonly top: number;
  /** The next frame is soon enough: nothing measures the page before. */
  readonly canWait: boolean;
}

/**
 * Takes the scroller where the model commands. To scroll at once makes the browser lay the page out in the midst of the task
 * that has just drawn it; a jump that can wait for the next frame shares the layout that the frame makes anyway.
 */
export class ScrollCommands {
  private waiting: number | null = null;

  obey(scroller: HTMLElement, { top, canWait }: ScrollCommand): void {
    this.waiting = top;
    if (canWait) requestAnimationFrame(() => this.catchUp(scroller));
    else this.catchUp(scroller);
  }

  /** Before one asks the scroller where it stands. */
  catchUp(scroller: HTMLElement): void {
    if (this.waiting === null) return;
    scroller.scrollTop = this.waiting;
    this.waiting = null;
  }
}
