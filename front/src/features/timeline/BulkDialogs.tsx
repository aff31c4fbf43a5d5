import type { Space } from '@/api/types';
import type { AssetFacts } from '@/gallery/source';
import type { BulkActions } from './actions';
import { BringDialog } from './BringDialog';
import { DateDialog } from './DateDialog';
import { PlaceDialog } from './PlaceDialog';

/** A question that has to be answered before something is done to these assets. */
export interface Asking {
  readonly what: 'date' | 'place' | 'bring';
  readonly assets: readonly AssetFacts[];
}

export interface BulkDialogsProps {
  asking: Asking;
  actions: BulkActions;
  /** The other spaces that the person may add to. */
  targets: readonly Space[];
  canEdit: boolean;
  onClose: () => void;
}

/** The dialogs of the selection bar; loaded when the first one is needed. */
export default function BulkDialogs({ asking, actions, targets, canEdit, onClose }: BulkDialogsProps) {
  const { what, assets } = asking;
  if (what === 'date')
    return <DateDialog assets={assets} onDone={(date) => actions.date(assets, date)} onClose={onClose} />;
  if (what === 'place')
    return <PlaceDialog assets={assets} onDone={(place) => actions.place(assets, place)} onClose={onClose} />;
  return (
    <BringDialog
      assets={assets}
      targets={targets}
      canMove={canEdit}
      onDone={(way, space) => actions.bring(assets, way, space)}
      onClose={onClose}
    />
  );
}
