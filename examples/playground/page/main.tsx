import { render } from 'preact';
import { Playground } from './Playground';

const root = document.getElementById('playground');
if (root) {
  root.replaceChildren();
  render(<Playground />, root);
}
