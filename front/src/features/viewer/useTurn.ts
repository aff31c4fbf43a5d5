import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { assetQuery } from '@/api/asset';
import type { Asset } from '@/api/types';
import type { GridModel } from '@/gallery/gridModel';
import type { AssetFacts, Rotation } from '@/gallery/source';
import { isSideways, turn } from '@/gallery/turned';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui';
import { updateAsset } from './api';
import { lastOne } from './lastOne';

/**
 * Turns assets: at once on the screen, then on the server, and back when it refuses. Returns how the open one is to be
 * shown while its last turn is on the way, and the function that turns.
 */
export function useTurn(model: GridModel) {
  const { t } = useTranslation('viewer');
  const { t: tShared } = useTranslation('shared');
  const errorText = useErrorText();
  const queries = useQueryClient();
  /** What has been wanted and is not confirmed: older answers must not turn the picture back in between. */
  const [wanted, setWanted] = useState<{ id: string; rotation: Rotation } | null>(null);
  /** How each one stood before the turns that are on the way. */
  const [confirmed] = useState(() => new Map<string, Rotation>());
  /** Takes away the last offer to undo. */
  const [offer] = useState(() => ({ withdraw: () => {} }));
  const [saving] = useState(() => lastOne<Rotation>((id, rotation) => updateAsset(id, { rotation })));

  function show(id: string, rotation: Rotation): void {
    model.patch(new Set([id]), (facts) => turnedTo(facts, rotation));
    queries.setQueryData(
      assetQuery(id).queryKey,
      (asset: Asset | undefined) => asset && assetTo(asset, rotation),
    );
  }

  async function turnTo(facts: AssetFacts, rotation: Rotation, undo: boolean): Promise<void> {
    const { id, rotation: before } = facts;
    if (!saving.isBusy(id)) confirmed.set(id, before);
    show(id, rotation);
    setWanted({ id, rotation });
    offer.withdraw();
    try {
      await saving.send(id, rotation);
      offer.withdraw();
      if (undo) offer.withdraw = offerToUndo({ ...facts, rotation }, before);
    } catch (error) {
      takeBack(id, error);
    } finally {
      setWanted((now) => (now?.id === id && now.rotation === rotation ? null : now));
    }
  }

  /** Once for all turns that failed together; what really is on the server comes with the next answer. */
  function takeBack(id: string, error: unknown): void {
    const before = confirmed.get(id);
    if (before === undefined) return;
    confirmed.delete(id);
    show(id, before);
    toast({ text: errorText(error), tone: 'error' });
    model.outdate(new Set([id]));
    void queries.invalidateQueries(assetQuery(id));
  }

  function offerToUndo(facts: AssetFacts, before: Rotation): () => void {
    return toast({
      text: t('turned'),
      duration: 5000,
      action: { label: tShared('undo'), onAction: () => void turnTo(facts, before, false) },
    });
  }

  return {
    shown: (facts: AssetFacts | null) =>
      facts && wanted?.id === facts.id ? turnedTo(facts, wanted.rotation) : facts,
    turn: (facts: AssetFacts, direction: 1 | -1) => void turnTo(facts, turn(facts.rotation, direction), true),
  };
}

function turnedTo(facts: AssetFacts, rotation: Rotation): AssetFacts {
  const isOther = isSideways(facts.rotation) !== isSideways(rotation);
  return { ...facts, rotation, ratio: isOther ? 1 / facts.ratio : facts.ratio };
}

function assetTo(asset: Asset, rotation: Rotation): Asset {
  const isOther = isSideways(asset.rotation) !== isSideways(rotation);
  return isOther ? { ...asset, rotation, width: asset.height, height: asset.width } : { ...asset, rotation };
}
