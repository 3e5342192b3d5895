// Where the server is, for all scripts: SANDPIPER_URL and SANDPIPER_KEY, as for the command line.
export const url = __ENV.SANDPIPER_URL || 'http://127.0.0.1:8080';
export const key = __ENV.SANDPIPER_KEY || '';
export const duration = __ENV.DURATION || '10s';

if (!key) {
  throw new Error('SANDPIPER_KEY is not set');
}

export const headers = {
  Authorization: `Bearer ${key}`,
  'Content-Type': 'application/json',
};

// A topic of this run alone.
export function topic(name) {
  return `k6:${name}:${__ENV.RUN || Date.now()}`;
}
