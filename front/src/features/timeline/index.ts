export { skeletonQuery } from './api';
export { TimelinePage } from './TimelinePage';
