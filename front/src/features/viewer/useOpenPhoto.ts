import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';
import { assetQuery } from '@/api/asset';
import type { GridModel } from '@/gallery/gridModel';
import type { AssetFacts } from '@/gallery/source';
import type { ViewerProps } from '@/gallery/viewerContract';
import { factsOf } from './facts';

export interface OpenPhoto {
  id: string;
  /** Its place in the sequence; null while it is not known, or when the asset is not in this view. */
  index: number | null;
  facts: AssetFacts | null;
  previous: AssetFacts | null;
  next: AssetFacts | null;
  /** Nothing comes after it. */
  isLast: boolean;
  show: (facts: AssetFacts | null) => boolean;
  /** Whether there was somewhere to go. */
  step: (step: 1 | -1) => boolean;
  jump: (end: 'newest' | 'oldest') => void;
}

/** The address follows with this delay: holding an arrow key must not flood the browser's history. */
const ADDRESS_DELAY = 200;

/** Which asset is open, and its neighbours in the model's sequence. */
export function useOpenPhoto({ model, photo, onMove, onClose }: ViewerProps): OpenPhoto {
  const [opened, setOpened] = useState({ id: photo, address: photo });
  // The address changed without us: the browser's back or forward button.
  if (opened.address !== photo) setOpened({ id: photo, address: photo });
  const { id } = opened;
  const facts = useLastKnown(
    useSyncExternalStore(model.subscribe, () => factsIn(model, id)),
    id,
  );
  const index = useSyncExternalStore(model.subscribe, () => model.indexOf(id));
  const previous = useNeighbour(model, index, -1);
  const next = useNeighbour(model, index, 1);
  const isGone = useSyncExternalStore(model.subscribe, () => model.isHidden(id));
  useFinding(model, id, index);

  const move = useEffectEvent((moved: AssetFacts) => {
    setOpened({ id: moved.id, address: moved.id });
    onMove(moved);
  });
  useEffect(() => {
    if (!facts || facts.id === photo) return undefined;
    const timer = setTimeout(() => move(facts), ADDRESS_DELAY);
    return () => clearTimeout(timer);
  }, [facts, photo]);

  function show(target: AssetFacts | null): boolean {
    if (!target) return false;
    setOpened({ id: target.id, address: photo });
    return true;
  }

  // An action has taken the asset away: its neighbour is next, and without one there is nothing left to see.
  const goOn = useEffectEvent(() => {
    if (next.at === null && previous.at === null) onClose(id);
    else if (next.at !== null) show(next.facts);
    else show(previous.facts);
  });
  const hasNeighbour = next.facts !== null || previous.facts !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a neighbour may have to be loaded first
  useEffect(() => {
    if (isGone) goOn();
  }, [isGone, hasNeighbour]);

  return {
    id,
    index,
    facts,
    previous: previous.facts,
    next: next.facts,
    isLast: index !== null && next.at === null,
    show,
    step: (step) => show((step > 0 ? next : previous).facts),
    jump(end) {
      const target = end === 'newest' ? model.neighbour(-1, 1) : model.neighbour(model.total, -1);
      if (target !== null)
        void model
          .loadAt(target)
          .then(show)
          .catch(() => undefined);
    },
  };
}

function factsIn(model: GridModel, id: string): AssetFacts | null {
  const index = model.indexOf(id);
  return index === null ? null : model.assetAt(index);
}

/** An asset that has just left the view stays on the screen until the viewer has moved on. */
function useLastKnown(facts: AssetFacts | null, id: string): AssetFacts | null {
  const [known, setKnown] = useState(facts);
  if (facts && facts !== known) setKnown(facts);
  return facts ?? (known?.id === id ? known : null);
}

interface Neighbour {
  at: number | null;
  /** null while it is being loaded. */
  facts: AssetFacts | null;
}

function useNeighbour(model: GridModel, index: number | null, step: 1 | -1): Neighbour {
  const at = useSyncExternalStore(model.subscribe, () =>
    index === null ? null : model.neighbour(index, step),
  );
  const facts = useSyncExternalStore(model.subscribe, () => (at === null ? null : model.assetAt(at)));
  const isMissing = at !== null && facts === null;
  useEffect(() => {
    if (isMissing && at !== null) void model.loadAt(at).catch(() => undefined);
  }, [model, at, isMissing]);
  return { at, facts };
}

/** Finds the place of an asset that was opened by its address alone. */
function useFinding(model: GridModel, id: string, index: number | null): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (index !== null) return;
    void queries
      .ensureQueryData(assetQuery(id))
      .then((asset) => {
        const { day, minutes } = factsOf(asset);
        return model.find(id, day, minutes);
      })
      .catch(() => undefined);
  }, [queries, model, id, index]);
}
