// The long job: progress while it runs, cancelled at will.
import { byId } from './elements.js';
import { HeliosError } from './helios.js';

const count = new Intl.NumberFormat();

export function wireJob(helios) {
  let call;
  byId('job-cancel').onclick = () => call?.cancel();
  byId('job-start').onclick = async () => {
    running(true);
    byId('job-result').textContent = '';
    call = helios.request('heavy:compute', {}, { timeout: 120_000, onProgress: ({ percent }) => show(percent) });
    byId('job-result').textContent = await call.then(
      ({ below, primes }) => `${count.format(primes)} primes lie below ${count.format(below)}.`,
      reason);
    running(false);
  };
}

function running(yes) {
  byId('job-start').disabled = yes;
  byId('job-cancel').disabled = !yes;
  if (yes) show(0);
}

function show(percent) {
  byId('job-bar').value = percent;
  byId('job-percent').textContent = `${percent} %`;
}

function reason(error) {
  if (!(error instanceof HeliosError)) throw error;
  return error.code === 'REQUEST_CANCELLED' ? 'Cancelled.' : error.message;
}
