/** What a page of assets and the viewer above it know of each other. */
import type { AssetActions } from './actions';
import type { GridModel } from './gridModel';
import type { AssetFacts } from './source';

export interface ViewerProps {
  readonly model: GridModel;
  /** The open asset's id. */
  readonly photo: string;
  /** Where the picture grows from and returns to; null when its tile is not on the screen. */
  readonly tileOf: (index: number) => HTMLElement | null;
  readonly actions: AssetActions;
  /** Whether the page shows the trash: then restore and purge take the place of the other actions. */
  readonly isTrash: boolean;
  readonly isArchive: boolean;
  readonly onMove: (facts: AssetFacts) => void;
  /** With the id of the asset that was open last; the address may not have followed yet. */
  readonly onClose: (last: string) => void;
}
