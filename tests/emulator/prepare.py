"""Fills a fresh emulator with what the tests need and prints it as one JSON object.

Usage: prepare.py URL

The user "ops" may ask STS for everything; whether a role lets them in is up to its trust policy. The user "idle" may
do nothing. The roles: "open" trusts ops, with tags and source identity; "guarded" wants the external id "example";
"closed" trusts somebody else; "next" trusts the role "open". The role "open" may use S3 and assume roles.
"""

import json
import sys

import botocore.session

iam = botocore.session.get_session().create_client(
    "iam", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
)


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def user(name):
    return iam.create_user(UserName=name)["User"]["Arn"]


def key(name, status="Active"):
    made = iam.create_access_key(UserName=name)["AccessKey"]
    if status != "Active":
        iam.update_access_key(UserName=name, AccessKeyId=made["AccessKeyId"], Status=status)
    return {"id": made["AccessKeyId"], "secret": made["SecretAccessKey"]}


def role(name, principal, actions=("sts:AssumeRole",), condition=None):
    trust = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": list(actions)}
    if condition:
        trust["Condition"] = condition
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
    return made["Role"]["Arn"]


ops, idle, other = user("ops"), user("idle"), user("other")
rights = {"Effect": "Allow", "Action": ["sts:*", "s3:*"], "Resource": "*"}
iam.put_user_policy(UserName="ops", PolicyName="sts", PolicyDocument=document(rights))
open_role = role("open", ops, ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"))
rights = {"Effect": "Allow", "Action": ["sts:AssumeRole", "s3:*"], "Resource": "*"}
iam.put_role_policy(RoleName="open", PolicyName="use", PolicyDocument=document(rights))

print(
    json.dumps(
        {
            "user_arn": ops,
            "key": key("ops"),
            "idle_key": key("idle"),
            "inactive_key": key("other", "Inactive"),
            "open_role": open_role,
            "guarded_role": role("guarded", ops, condition={"StringEquals": {"sts:ExternalId": "example"}}),
            "closed_role": role("closed", other),
            "next_role": role("next", open_role),
        }
    )
)
