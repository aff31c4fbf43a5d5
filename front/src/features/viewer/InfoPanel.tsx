import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { assetQuery } from '@/api/asset';
import type { Asset, AssetUpdate } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import { offsetText } from '@/shared/lib/offset';
import { placeText } from '@/shared/lib/place';
import { saveFile } from '@/shared/max';
import { IconButton, ImageIcon } from '@/shared/ui';
import {
  CalendarIcon,
  CameraIcon,
  DownloadIcon,
  EditIcon,
  MapPinIcon,
  PersonIcon,
  VideoIcon,
} from '@/shared/ui/more';
import { updateAsset } from './api';
import { DateForm } from './DateForm';
import { EditableText } from './EditableText';
import { exposureFacts, mapLink } from './facts';
import styles from './InfoPanel.module.css';
import { PlaceForm } from './PlaceForm';

/** Everything known about one asset; what may be changed is changed in place. */
export function InfoPanel({ asset }: { asset: Asset }) {
  const { t } = useTranslation('viewer');
  const save = useSaving(asset.id);
  return (
    <div className={styles.panel}>
      <EditableText
        label={t('info.title')}
        hint={t('info.title.hint')}
        draftKey={`${asset.id}.title`}
        value={asset.title}
        canEdit={asset.can_edit}
        onSave={(title) => save({ title })}
      />
      <EditableText
        label={t('info.description')}
        hint={t('info.description.hint')}
        draftKey={`${asset.id}.description`}
        value={asset.description}
        canEdit={asset.can_edit}
        multiline
        onSave={(description) => save({ description })}
      />
      {asset.damaged && <p className={styles.warning}>{t('damaged')}</p>}
      <ul className={styles.facts}>
        <DateFact asset={asset} onSave={save} />
        <PlaceFact asset={asset} onSave={save} />
        <CameraFact asset={asset} />
        <FileFact asset={asset} />
        <ContributorFact asset={asset} />
      </ul>
      <a
        className={styles.download}
        href={asset.media.download}
        onClick={(event) => {
          event.preventDefault();
          void saveFile(asset.media.download, asset.file_name);
        }}
      >
        <DownloadIcon size={20} />
        {t('download')}
      </a>
    </div>
  );
}

/** What could not be saved is told where it was typed. */
function useSaving(id: string): (change: AssetUpdate) => Promise<void> {
  const queries = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: (change: AssetUpdate) => updateAsset(id, change),
    onSuccess: (asset) => {
      queries.setQueryData(assetQuery(id).queryKey, asset);
      void queries.invalidateQueries({ queryKey: ['timeline', asset.space_id] });
    },
  });
  return async (change) => {
    await mutateAsync(change);
  };
}

function Fact({
  icon,
  title,
  children,
  action,
}: {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <li className={styles.fact}>
      <span className={styles.icon}>{icon}</span>
      <div className={styles.words}>
        <p className={styles.main}>{title}</p>
        {children}
      </div>
      {action}
    </li>
  );
}

function DateFact({ asset, onSave }: { asset: Asset; onSave: (change: AssetUpdate) => Promise<void> }) {
  const { t } = useTranslation('viewer');
  const formats = useFormats();
  const [isEditing, setEditing] = useState(false);
  const offset = offsetText(asset.utc_offset);
  if (isEditing) {
    return (
      <li>
        <DateForm asset={asset} onSave={onSave} onDone={() => setEditing(false)} />
      </li>
    );
  }
  return (
    <Fact
      icon={<CalendarIcon />}
      title={formats.local(asset.taken_at)}
      action={
        asset.can_edit && (
          <IconButton label={t('info.date.edit')} onClick={() => setEditing(true)}>
            <EditIcon size={20} />
          </IconButton>
        )
      }
    >
      <p className={styles.more}>
        {[offset && `UTC${offset}`, t(`info.source.${asset.taken_at_source}`)].filter(Boolean).join(' · ')}
      </p>
    </Fact>
  );
}

function CameraFact({ asset }: { asset: Asset }) {
  const { t } = useTranslation('viewer');
  const exposure = exposureFacts(asset.exif, {
    seconds: t('unit.seconds'),
    millimetres: t('unit.millimetres'),
  });
  if (!asset.camera && !asset.lens && exposure.length === 0) return null;
  return (
    <Fact icon={<CameraIcon />} title={asset.camera ?? asset.lens ?? t('info.camera')}>
      {asset.camera && asset.lens && <p className={styles.more}>{asset.lens}</p>}
      {exposure.length > 0 && <p className={styles.more}>{exposure.join(' · ')}</p>}
    </Fact>
  );
}

function FileFact({ asset }: { asset: Asset }) {
  const { t } = useTranslation('viewer');
  const formats = useFormats();
  const { width, height } = asset;
  const megapixels = width && height ? Math.round((width * height) / 100_000) / 10 : null;
  const facts = [
    width && height ? t('info.size', { width, height }) : null,
    megapixels && asset.kind === 'image' ? t('info.megapixels', { count: megapixels }) : null,
    asset.duration === null ? null : formats.clock(asset.duration),
    formats.bytes(asset.bytes),
  ];
  return (
    <Fact icon={asset.kind === 'video' ? <VideoIcon /> : <ImageIcon />} title={asset.file_name}>
      <p className={styles.more}>{facts.filter(Boolean).join(' · ')}</p>
    </Fact>
  );
}

function PlaceFact({ asset, onSave }: { asset: Asset; onSave: (change: AssetUpdate) => Promise<void> }) {
  const { t } = useTranslation('viewer');
  const [isEditing, setEditing] = useState(false);
  const { latitude, longitude, altitude } = asset;
  const place = latitude === null || longitude === null ? null : { latitude, longitude };
  if (isEditing) {
    return (
      <li>
        <PlaceForm asset={asset} onSave={onSave} onDone={() => setEditing(false)} />
      </li>
    );
  }
  if (!place && !asset.can_edit) return null;
  const facts = [
    altitude === null ? null : t('info.altitude', { count: Math.round(altitude) }),
    asset.place_edited ? t('info.source.edited') : null,
  ].filter(Boolean);
  return (
    <Fact
      icon={<MapPinIcon />}
      title={place ? placeText(place) : t('info.place.none')}
      action={
        asset.can_edit && (
          <IconButton label={t('info.place.edit')} onClick={() => setEditing(true)}>
            <EditIcon size={20} />
          </IconButton>
        )
      }
    >
      {facts.length > 0 && <p className={styles.more}>{facts.join(' · ')}</p>}
      {place && (
        <a
          className={styles.link}
          href={mapLink(place.latitude, place.longitude)}
          target="_blank"
          rel="noreferrer"
        >
          {t('info.map')}
        </a>
      )}
    </Fact>
  );
}

function ContributorFact({ asset }: { asset: Asset }) {
  const { t } = useTranslation('viewer');
  const formats = useFormats();
  if (!asset.contributor) return null;
  return (
    <Fact icon={<PersonIcon />} title={asset.contributor.name}>
      <p className={styles.more}>
        {t('info.contributor')} · {formats.moment(asset.created_at)}
      </p>
    </Fact>
  );
}
