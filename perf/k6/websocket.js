// WebSocket: subscribers of one topic and a publisher; every subscriber must see every event once and in order.
import http from 'k6/http';
import { check } from 'k6';
import { WebSocket } from 'k6/websockets';
import { Counter, Trend } from 'k6/metrics';
import { headers, key, topic, url } from './settings.js';

const SUBSCRIBERS = Number(__ENV.USERS || 50);
const EVENTS = Number(__ENV.EVENTS || 100);
const RATE = Number(__ENV.RATE || 20);
// Until all have subscribed.
const START = 3;

const delay = new Trend('delivery_ms', true);
const wrong = new Counter('wrong_deliveries');
const received = new Counter('deliveries');

export const options = {
  scenarios: {
    subscribe: { executor: 'per-vu-iterations', exec: 'subscribe', vus: SUBSCRIBERS, iterations: 1 },
    publish: {
      executor: 'constant-arrival-rate',
      exec: 'publish',
      rate: RATE,
      duration: `${EVENTS / RATE}s`,
      startTime: `${START}s`,
      preAllocatedVUs: 1,
      maxVUs: 1,
    },
  },
  thresholds: {
    checks: ['rate==1'],
    wrong_deliveries: ['count==0'],
    delivery_ms: ['p(99)<250'],
  },
};

export function setup() {
  return { channel: topic('websocket') };
}

export function subscribe(data) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`, null, { headers: { Authorization: `Bearer ${key}` } });
  let last = -1;
  let count = 0;
  const end = () => {
    clearTimeout(patience);
    check(count, { 'has seen enough': (it) => it >= EVENTS });
    socket.close();
  };
  // The arrival rate may drop an event at either end.
  const patience = setTimeout(end, (START + EVENTS / RATE + 10) * 1000);
  socket.onopen = () => socket.send(JSON.stringify({ type: 'subscribe', id: '1', channel: data.channel }));
  socket.onmessage = (message) => {
    const frame = JSON.parse(message.data);
    if (frame.type !== 'message') {
      return;
    }
    delay.add(Date.now() - frame.data.sent);
    received.add(1);
    count += 1;
    if (frame.data.number !== last + 1) {
      wrong.add(1);
    }
    last = frame.data.number;
    if (count === EVENTS) {
      end();
    }
  };
  socket.onerror = (error) => {
    check(error, { 'stays open': () => false });
    clearTimeout(patience);
  };
}

let number = 0;

export function publish(data) {
  const body = JSON.stringify({ topic: data.channel, data: { number: number++, sent: Date.now() } });
  check(http.post(`${url}/v1/events`, body, { headers }), { 'is stored': (it) => it.status === 201 });
}
