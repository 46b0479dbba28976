// Runs random sequences in a process of its own: the test runner follows every promise, which takes four times as long.
import fc from 'fast-check';
import { Model, type Step } from './model.js';

const [runs, seed, ...rare] = process.argv.slice(2) as [string, string, ...Step[]];

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<Step>('up', 'down') },
    { weight: 3, arbitrary: fc.constantFrom<Step>('tell', 'serverTells', 'ask', 'askSlow', 'answer', 'serverAsks', 'cancel') },
    { weight: 3, arbitrary: fc.constantFrom<Step>('accept', 'accept', 'tick') },
    { weight: 1, arbitrary: fc.constantFrom<Step>('cut', 'lose', 'wait', 'acceptLate', 'freeze') },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  ),
  { minLength: 8, maxLength: 50, size: 'max' },
);

async function run(sequence: Step[]): Promise<void> {
  // The same sequence goes the same way.
  let state = 42;
  Math.random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
  const model = new Model();
  await model.start();
  await model.step('accept');
  for (const step of sequence) await model.step(step);
  await model.end();
  if (model.faults.length) throw new Error(model.faults.join('; '));
}

const result = await fc.check(fc.asyncProperty(steps, run), { numRuns: Number(runs), seed: Number(seed) });
console.log(result.failed ? `${result.errorInstance} after ${JSON.stringify(result.counterexample?.[0])}` : `${result.numRuns} sequences`);
process.exit(result.failed ? 1 : 0);
