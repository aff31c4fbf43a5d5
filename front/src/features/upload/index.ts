export { DropZone } from './DropZone';
export { UploadButton } from './UploadButton';
export { UploadPanel } from './UploadPanel';
export { type Upload, UploadProvider, useUpload } from './UploadProvider';
