import { useEffect, useRef, useState } from 'preact/hooks';
import type { Point, Stroke } from './digitPixels';

/** Pixels of the pad, on each side; it is shown in any size. */
const SIDE = 280;

/** How far an arrow key moves the pen. */
const STEP = 1 / 28;

/** An area to draw a digit on: with a mouse, a finger, a pen, or the arrow keys. */
export function DigitPad({
  strokes,
  keys,
  onDraw,
}: {
  strokes: readonly Stroke[];
  /** The id of what says which keys there are. */
  keys: string;
  /** @param isDone Whether the pen is up. */
  onDraw: (strokes: readonly Stroke[], isDone: boolean) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pen, setPen] = useState<Point | null>(null); // of the keyboard
  const [isDown, setIsDown] = useState(false);
  const drawing = useRef<Stroke[] | null>(null); // of a pointer

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context) paint(context, strokes, pen, isDown);
  }, [strokes, pen, isDown]);

  const begin = (event: PointerEvent) => {
    const pad = event.currentTarget as HTMLCanvasElement;
    pad.setPointerCapture(event.pointerId);
    drawing.current = [...strokes, [placeOn(pad, event)]];
    setPen(null);
    onDraw(drawing.current, false);
  };
  const move = (event: PointerEvent) => {
    if (!drawing.current) return;
    const pad = event.currentTarget as HTMLCanvasElement;
    const places = (event.getCoalescedEvents?.() ?? [event]).map((one) => placeOn(pad, one));
    drawing.current = continued(drawing.current, ...places);
    onDraw(drawing.current, false);
  };
  const end = () => {
    if (!drawing.current) return;
    onDraw(drawing.current, true);
    drawing.current = null;
  };

  const press = (event: KeyboardEvent) => {
    const way = ARROWS[event.key];
    const at = pen ?? ([0.5, 0.5] as const);
    if (way) {
      const step = event.shiftKey ? 4 * STEP : STEP;
      const to: Point = [inside(at[0] + step * way[0]), inside(at[1] + step * way[1])];
      setPen(to);
      if (isDown) onDraw(continued(strokes, to), true);
    } else if (event.key === ' ' || event.key === 'Enter') {
      setPen(at);
      setIsDown(!isDown);
      if (!isDown) onDraw([...strokes, [at]], true);
    } else if (event.key === 'Backspace') {
      setIsDown(false);
      onDraw(strokes.slice(0, -1), true);
    } else return;
    event.preventDefault();
  };

  return (
    <div class="pad">
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        tabIndex={0}
        role="application"
        aria-label="Draw a digit here"
        aria-describedby={keys}
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
        onKeyDown={press}
        onBlur={() => {
          setPen(null);
          setIsDown(false);
        }}
      />
      {strokes.length === 0 && !pen && (
        <p class="hint" aria-hidden="true">
          Draw a digit here
        </p>
      )}
      <p class="unseen" aria-live="polite">
        {pen && `Pen ${isDown ? 'down' : 'up'}, ${part(pen[0])} % from the left, ${part(pen[1])} % down`}
      </p>
    </div>
  );
}

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function part(share: number): number {
  return Math.round(100 * share);
}

function inside(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** The last line goes on. */
function continued(strokes: readonly Stroke[], ...to: readonly Point[]): Stroke[] {
  return [...strokes.slice(0, -1), [...(strokes.at(-1) ?? []), ...to]];
}

function placeOn(pad: HTMLElement, { clientX, clientY }: PointerEvent): Point {
  const { left, top, width, height } = pad.getBoundingClientRect();
  return [inside((clientX - left) / width), inside((clientY - top) / height)];
}

/** White on black, as the network has seen digits. */
function paint(
  context: CanvasRenderingContext2D,
  strokes: readonly Stroke[],
  pen: Point | null,
  isDown: boolean,
): void {
  Object.assign(context, { fillStyle: '#000', strokeStyle: '#fff', lineWidth: 20 });
  Object.assign(context, { lineCap: 'round', lineJoin: 'round' });
  context.fillRect(0, 0, SIDE, SIDE);
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach(([x, y], i) => {
      if (i === 0) context.moveTo(SIDE * x, SIDE * y);
      context.lineTo(SIDE * x, SIDE * y);
    });
    context.stroke();
  }
  if (!pen) return;
  Object.assign(context, { strokeStyle: '#4da3ff', lineWidth: 4 });
  context.beginPath();
  context.arc(SIDE * pen[0], SIDE * pen[1], isDown ? 8 : 14, 0, 2 * Math.PI);
  context.stroke();
}
