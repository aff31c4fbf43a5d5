export { AccountForm } from './AccountForm';
export { register, setUp } from './api';
export { Entrance } from './Entrance';
export { MaxSignIn } from './MaxSignIn';
export { SignInForm } from './SignInForm';
