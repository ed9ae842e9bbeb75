-- What wrk asks `flownote serve`, by the name of the case; what it measured, as one line of JSON.

local case

function init(arguments)
  case = arguments[1]
  math.randomseed(tonumber(arguments[2]) or 7)
end

local function member()
  return tostring(math.random(1, 943))
end

function request()
  if case == "artwork" then
    return wrk.format("GET", "/artwork/True%20Lies%20(1994)?member=" .. member())
  end
  if case == "events" then
    local body = '{"kind": "play", "member": "' .. member() .. '", "title": "Alien (1979)"}'
    return wrk.format("POST", "/events", {["Content-Type"] = "application/json"}, body)
  end
  return wrk.format("GET", "/recommend/" .. member() .. "?k=10")
end

function done(summary, latency, requests)
  local failed = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "failed": %d, "p50_ms": %f, "p99_ms": %f}\n',
    summary.requests, summary.duration / 1e6,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
