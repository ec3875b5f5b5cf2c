// Says through the AWS SDK for JavaScript who the profile's credentials belong to, and whether they may assume a role.
//
// Usage: sts_calls.js PROFILE ROLE_ARN

"use strict";

const { STSClient, GetCallerIdentityCommand, AssumeRoleCommand } = require("@aws-sdk/client-sts");

const [profile, role] = process.argv.slice(2);

async function main() {
  const sts = new STSClient({ profile });
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
  const further = await sts.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "further" })).then(
    () => "allowed",
    (error) => error.name,
  );
  console.log(JSON.stringify({ arn: Arn, further }));
}

main().catch((error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
});
