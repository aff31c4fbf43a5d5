/** The icons of the frame and of the first photos. Those of later parts are in moreIcons.tsx. */
import { Icon, type IconProps } from './Icon';

const HEART = 'M12 20s-7.5-4.6-7.5-10.2A4.3 4.3 0 0 1 12 7.2a4.3 4.3 0 0 1 7.5 2.6C19.5 15.4 12 20 12 20Z';

export const AddIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M12 5v14M5 12h14" />
  </Icon>
);
export const ArchiveIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4 5h16v4H4zM5.5 9v10h13V9M10 13h4" />
  </Icon>
);
export const ArrowUpIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M12 19V5m-6 6 6-6 6 6" />
  </Icon>
);
export const CheckIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m5 12.5 4.5 4.5L19 7.5" />
  </Icon>
);
export const ChevronDownIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m6 9 6 6 6-6" />
  </Icon>
);
export const CloseIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M6 6l12 12M18 6 6 18" />
  </Icon>
);
export const ErrorIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7.5v5.5M12 16.2v.1" />
  </Icon>
);
export const HeartIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d={HEART} />
  </Icon>
);
export const HeartFilledIcon = (props: IconProps) => (
  <Icon filled {...props}>
    <path d={HEART} />
  </Icon>
);
export const HourglassIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M7 4h10M7 20h10M8 4v3.5l4 4.5 4-4.5V4M8 20v-3.5l4-4.5 4 4.5V20" />
  </Icon>
);
export const ImageIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4 5h16v14H4z" />
    <circle cx="9" cy="10" r="1.6" />
    <path d="m4.5 17.5 5-4.5 3 2.5 3-3 4 3.5" />
  </Icon>
);
export const InfoIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 11.2v5M12 7.9v.1" />
  </Icon>
);
export const LiveIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="2.4" />
    <circle cx="12" cy="12" r="5.6" />
    <circle cx="12" cy="12" r="9" strokeDasharray="0.1 3.04" />
  </Icon>
);
export const LockIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M6 11h12v8.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3" />
  </Icon>
);
export const MoreIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M12 5.5v.1M12 12v.1M12 18.5v.1" strokeWidth="2.6" />
  </Icon>
);
export const OfflineIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M3 9.5a14 14 0 0 1 4-2.6M10.5 5.6A14 14 0 0 1 21 9.5M6.5 13a9 9 0 0 1 4-2.2M15 11.4a9 9 0 0 1 2.5 1.6M9.7 16.3a4 4 0 0 1 4.6 0M12 19.5v.1M4 4l16 16" />
  </Icon>
);
export const OperatorIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4 5h16v5.5H4zM4 13.5h16V19H4zM7.5 7.75v.01M7.5 16.25v.01M11 7.75h5.5M11 16.25h5.5" />
  </Icon>
);
export const PeopleIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="9" cy="8.5" r="3.2" />
    <path d="M3 19c.4-3.4 2.8-5.3 6-5.3s5.6 1.9 6 5.3M15.5 5.6a3.2 3.2 0 0 1 0 5.8M17.5 14.2c2 .8 3.2 2.5 3.5 4.8" />
  </Icon>
);
export const PlayIcon = (props: IconProps) => (
  <Icon filled {...props}>
    <path d="M8 5.5v13l10.5-6.5Z" />
  </Icon>
);
export const RetryIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M19.5 12a7.5 7.5 0 1 1-2.4-5.5M20 4v4.5h-4.5" />
  </Icon>
);
export const TimelineIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4 5h7v8H4zM14 5h6v5h-6zM14 13h6v6h-6zM4 16h7v3H4z" />
  </Icon>
);
export const TrashIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12.5h9.4L17.5 7M10.2 10.5l.2 5.5M13.8 10.5l-.2 5.5" />
  </Icon>
);
export const UploadIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M12 15.5v-11M7.5 9 12 4.5 16.5 9M5 19.5h14" />
  </Icon>
);
