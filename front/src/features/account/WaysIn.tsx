import { useState } from 'react';
import { MaxSignIn } from './MaxSignIn';
import { launchData } from './max';
import { SignInForm } from './SignInForm';

/** The ways to sign in: by what MAX said at launch where it did, else by login and password. */
export function WaysIn({ login, onDone }: { login?: string | null; onDone?: () => void }) {
  const [launch, setLaunch] = useState(launchData);
  if (!launch) return <SignInForm login={login ?? undefined} />;
  return <MaxSignIn initData={launch} onDone={() => onDone?.()} onOther={() => setLaunch(null)} />;
}
