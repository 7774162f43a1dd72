import { Explained } from './explained';

export default function Page() {
  return <Explained />;
}
