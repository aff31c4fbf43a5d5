export { AccountForm } from './AccountForm';
export { register, setUp } from './api';
export { Entrance } from './Entrance';
export { WaysIn } from './WaysIn';
