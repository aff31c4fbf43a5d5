export { skeletonQuery } from './api';
export { gatherNewest } from './source';
export { TimelinePage } from './TimelinePage';
