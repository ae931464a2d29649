-- wrk's script: recommendations for random users, at full speed or with pauses; prints what it counted as JSON.
-- Arguments behind "--": users, a query string, the mean pause of a connection in ms (0: none), a seed.
local users, query, pause

function init(args)
  users, query, pause = tonumber(args[1]), args[2], tonumber(args[3])
  math.randomseed(tonumber(args[4]))
end

function request()
  return wrk.format("GET", "/v1/users/" .. math.random(users) .. "/recommendations?" .. query)
end

-- Exponential, as independent callers are.
function delay()
  return pause > 0 and math.floor(-math.log(1 - math.random()) * pause + 0.5) or 0
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"p50_ms": %f, "p99_ms": %f, "requests": %d, "seconds": %f, "not_2xx": %d, "broken": %d}\n',
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.requests, summary.duration / 1e6,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
