// Instead of server-sent events, whose endless answers k6 itself cannot read: the long poll, which shares the way of an
// event up to the last step. Each user publishes to a topic of its own and must get exactly that by the next poll.
import http from 'k6/http';
import { check } from 'k6';
import { duration, headers, topic, url } from './settings.js';

export const options = {
  scenarios: {
    poll: { executor: 'constant-vus', vus: Number(__ENV.USERS || 20), duration },
  },
  thresholds: {
    checks: ['rate==1'],
    http_req_failed: ['rate==0'],
    'http_req_duration{name:poll}': ['p(99)<250'],
  },
};

export function setup() {
  return { prefix: topic('poll') };
}

let cursor;

export default function (data) {
  const name = `${data.prefix}:${__VU}`;
  if (cursor === undefined) {
    cursor = poll(name, '', 0).json('cursor');
  }
  const body = JSON.stringify({ topic: name, data: { number: __ITER } });
  const published = http.post(`${url}/v1/events`, body, { headers, tags: { name: 'publish' } });
  check(published, { 'is stored': (it) => it.status === 201 });
  const answer = poll(name, cursor, 10);
  check(answer, {
    'is delivered, once': (it) =>
      it.status === 200 && it.json('messages').length === 1 && it.json('messages.0.data.number') === __ITER,
  });
  cursor = answer.json('cursor');
}

function poll(name, since, timeout) {
  const from = since ? `&since=${since}` : '';
  const query = `topics=${encodeURIComponent(name)}${from}&timeout=${timeout}`;
  return http.get(`${url}/v1/poll?${query}`, { headers, tags: { name: 'poll' } });
}
