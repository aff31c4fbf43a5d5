export { DropZone } from './DropZone';
export { ShareTarget } from './ShareTarget';
export { type Picker, UploadMenu } from './UploadMenu';
export { UploadPanel } from './UploadPanel';
export { type Upload, UploadProvider, useUpload, useUploadSnapshot } from './UploadProvider';
