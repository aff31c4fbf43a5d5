export { DropZone } from './DropZone';
export { ShareTarget } from './ShareTarget';
export { UploadButton } from './UploadButton';
export { UploadPanel } from './UploadPanel';
export { type Upload, UploadProvider, useUpload, useUploadSnapshot } from './UploadProvider';
