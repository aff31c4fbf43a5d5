export { AccountForm } from './AccountForm';
export { register, setUp } from './api';
export { Entrance } from './Entrance';
export { MaxSignIn } from './MaxSignIn';
export { freshlyLaunched, insideMax, launchData, settleLaunch, startMax } from './max';
export { SignInForm } from './SignInForm';
