// REST: each user publishes one durable event after the other; every receipt must be a 201 with a cursor.
import http from 'k6/http';
import { check } from 'k6';
import { duration, headers, url } from './settings.js';

export const options = {
  scenarios: {
    publish: { executor: 'constant-vus', vus: Number(__ENV.USERS || 20), duration },
  },
  thresholds: {
    checks: ['rate==1'],
    http_req_failed: ['rate==0'],
    http_req_duration: ['p(99)<250'],
  },
};

export default function () {
  const body = JSON.stringify({ topic: `k6:publish:${__VU}`, event: 'sent', data: { number: __ITER, pad: 'x'.repeat(200) } });
  const answer = http.post(`${url}/v1/events`, body, { headers });
  check(answer, {
    'is stored': (it) => it.status === 201 && it.json('cursor') !== undefined,
  });
}
