// Reads {"policies": [...], "resourcePolicies": {resource: ...}, "requests": [{action, resource, context}, ...]} from
// standard input and answers, for each request, "Allowed", "ImplicitlyDenied" or "ExplicitlyDenied" as AWS's policy
// evaluation logic says. A policy, action, resource or context key that AWS does not know is an error, not a denial.
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { text } from 'node:stream/consumers'

const { account, principal, policies, resourcePolicies, requests } = JSON.parse(await text(process.stdin))
const allowAll = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

async function decide({ action, resource, context }) {
  const answer = await runSimulation(
    {
      identityPolicies: policies,
      resourcePolicy: resourcePolicies[resource],
      serviceControlPolicies: [{ orgIdentifier: 'ou-test', policies: [{ name: 'all', policy: allowAll }] }],
      resourceControlPolicies: [],
      request: { principal, action, resource: { resource, accountId: account }, contextVariables: context }
    },
    {}
  )
  if (answer.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(answer.errors)}`)
  return answer.overallResult
}

const decisions = []
for (const each of requests) decisions.push(await decide(each))
process.stdout.write(JSON.stringify(decisions))
