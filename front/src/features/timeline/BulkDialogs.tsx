import { useEffect, useRef, useState } from 'react';
import type { Space } from '@/api/types';
import type { Selection } from '@/gallery/selection';
import type { AssetFacts } from '@/gallery/source';
import { useErrorText } from '@/shared/i18n/errors';
import { dropDraftOn } from '@/shared/lib/drafts';
import { toast } from '@/shared/ui';
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
  selection: Selection;
  actions: BulkActions;
  /** The other spaces that the person may add to. */
  targets: readonly Space[];
  onClose: () => void;
}

/** What all of these dialogs are given. */
export interface BulkDialogProps {
  assets: readonly AssetFacts[];
  /** Under which what is typed is kept. */
  draft: string;
  isBusy: boolean;
  /** Why the server did not do it, or not all of it. */
  error: unknown;
  onClose: () => void;
}

/** The dialogs of the selection bar; loaded when the first one is needed. They stay until the server has agreed. */
export default function BulkDialogs(props: BulkDialogsProps) {
  const { asking, selection, actions, targets, onClose } = props;
  const [assets, setAssets] = useState(asking.assets);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const tellLater = useTellingLater();
  const draft = `${asking.what}.${asking.assets[0]?.id}.${asking.assets.length}`;

  async function follow(work: Promise<void>): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await dropDraftOn(work, draft);
      onClose();
    } catch (refusal) {
      if (tellLater(refusal)) return;
      // Some may be done all the same; they have left the selection.
      setAssets(assets.filter((facts) => selection.has(facts.id)));
      setError(refusal);
    } finally {
      setBusy(false);
    }
  }

  const common: BulkDialogProps = { assets, draft, isBusy, error, onClose };
  if (assets.length === 0) return null;
  if (asking.what === 'date')
    return <DateDialog {...common} onDone={(date) => void follow(actions.date(assets, date))} />;
  if (asking.what === 'place')
    return <PlaceDialog {...common} onDone={(place) => void follow(actions.place(assets, place))} />;
  return (
    <BringDialog
      {...common}
      targets={targets}
      canMove={assets.every(actions.mayEdit)}
      onDone={(way, space) => void follow(actions.bring(assets, way, space))}
    />
  );
}

/** Says in passing what comes after its dialog was closed; false while the dialog can say it itself. */
function useTellingLater(): (error: unknown) => boolean {
  const errorText = useErrorText();
  const isClosed = useRef(false);
  useEffect(() => {
    isClosed.current = false;
    return () => {
      isClosed.current = true;
    };
  }, []);
  return (error) => {
    if (isClosed.current) toast({ text: errorText(error), tone: 'error' });
    return isClosed.current;
  };
}
