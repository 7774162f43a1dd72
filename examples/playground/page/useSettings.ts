import { useCallback, useEffect, useState } from 'preact/hooks';
import { hashOf, readHash, type Settings } from '../settings';

/** The settings, which the URL's hash has, too. */
export function useSettings(): [Settings, (change: Partial<Settings>) => void] {
  const [settings, setSettings] = useState(() => readHash(location.hash));
  useEffect(() => {
    const hash = hashOf(settings);
    const address = hash === '' ? location.pathname + location.search : `#${hash}`;
    history.replaceState(null, '', address);
  }, [settings]);
  useEffect(() => {
    const onHash = () => setSettings(readHash(location.hash));
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, []);
  const change = useCallback(
    (part: Partial<Settings>) => setSettings((before) => ({ ...before, ...part })),
    [],
  );
  return [settings, change];
}
