"""Says through boto3 who the profile's credentials belong to, and whether they may assume a role.

Usage: boto3_calls.py PROFILE ROLE_ARN
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError

profile, role = sys.argv[1:]
sts = boto3.Session(profile_name=profile).client("sts")
told = {"arn": sts.get_caller_identity()["Arn"]}
try:
    sts.assume_role(RoleArn=role, RoleSessionName="further")
    told["further"] = "allowed"
except ClientError as error:
    told["further"] = error.response["Error"]["Code"]
print(json.dumps(told))
