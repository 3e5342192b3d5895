-- wrk: one durable event of 260 bytes a request, with a real key (environment SANDPIPER_KEY), each checked for its 201.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("SANDPIPER_KEY")
wrk.body = '{"topic":"perf:publish","data":{"text":"' .. string.rep("x", 247) .. '"}}'

local threads = {}

function setup(thread)
  thread:set("refused", 0)
  table.insert(threads, thread)
end

function init()
  refused = 0
end

function response(status)
  if status ~= 201 then refused = refused + 1 end
end

function done(summary, latency)
  local refusals = 0
  for _, thread in ipairs(threads) do refusals = refusals + thread:get("refused") end
  local errors = summary.errors
  io.write(string.format(
    "publish: %.0f acknowledged events/s, p50 %.2f ms, p99 %.2f ms, %d refused, %d failed\n",
    (summary.requests - refusals) / (summary.duration / 1e6), latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, refusals,
    errors.connect + errors.read + errors.write + errors.timeout))
end
