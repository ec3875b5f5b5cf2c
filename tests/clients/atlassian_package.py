"""What the PyPI package atlassian-python-api reads from a directory: asked on standard input, answered on standard output,
as JSON.

Usage: atlassian_package.py URL
"""

import json
import logging
import sys

import requests
from atlassian import Crowd

FACTORS = {"validationFactors": [{"name": "remote_address", "value": "127.0.0.1"}]}


def main():
    logging.disable(logging.CRITICAL)
    asked = json.load(sys.stdin)
    name, password = asked["application"]
    client = Crowd(sys.argv[1], name, password, timeout=20)
    wrong = Crowd(sys.argv[1], name, password + "x", timeout=20)
    memberships = client.memberships
    read = {
        "application": [accepted(client.get_cookie_config), accepted(wrong.get_cookie_config)],
        "cookie": client.get_cookie_config(),
        "log_ins": [log_in(client, *who) for who in asked["log_ins"]],
        "refusals": [reason(client.user_authenticate, *who) for who in asked["log_ins"]],
        "people": [person(client, name) for name in asked["people"]],
        "direct_groups": [client.user_groups(name) for name in asked["people"]],
        "nested_groups": [client.nested_user_groups(name) for name in asked["people"]],
        "groups": [group(client, name) for name in asked["groups"]],
        "direct_people": [client.group_members(name) for name in asked["groups"]],
        "nested_people": [client.nested_group_members(name) for name in asked["groups"]],
        "direct_member": [client.is_user_in_group(*pair) for pair in asked["pairs"]],
        "nested_member": [client.is_user_in_group(*pair, kind="nested") for pair in asked["pairs"]],
        "membership_names": [memberships.get(name) for name in asked["groups"]],
        "found_people": search(client, *asked["search"]),
        "session": session(client, *asked["session"]),
        "session_refusals": [reason(client.session_create, *who) for who in asked["log_ins"]],
    }
    json.dump(read, sys.stdout)


def accepted(call, *arguments):
    try:
        call(*arguments)
    except requests.HTTPError:
        return False
    return True


def reason(call, *arguments):
    try:
        call(*arguments)
    except requests.HTTPError as error:
        return [error.response.status_code, error.response.json()["reason"]]
    return None


def log_in(client, name, password):
    try:
        return client.user_authenticate(name, password)["name"]
    except requests.HTTPError:
        return None


def person(client, name):
    try:
        user = client.user(name)
    except requests.HTTPError:
        return None
    read = {key: user[key] for key in ("name", "display-name", "email", "active")}
    read["attributes"] = {it["name"]: it["values"] for it in client.user_attributes(name)["attributes"]}
    return read


def group(client, name):
    return {key: client.group(name)[key] for key in ("name", "description", "type", "active")}


def search(client, field, value):
    restriction = {"property": {"name": field, "type": "STRING"}, "match-mode": "CONTAINS", "value": value}
    by_body = [it["name"] for it in client.search("user", restriction)["users"]]
    by_query = [it["name"] for it in client.search_cql("user", f'{field} = "*{value}*"')["users"]]
    assert by_body == by_query, (by_body, by_query)
    return by_body


def session(client, name, password):
    opened = client.session_create(name, password)
    token = opened["token"]
    valid = client.session_validate(token)
    looked_at = client.session_get(token)
    elsewhere = accepted(client.session_validate, token, FACTORS)
    client.session_delete(token)
    after_end = accepted(client.session_validate, token)
    return {
        "opened": opened["user"]["name"],
        "valid": valid["user"]["name"],
        "looked_at": looked_at["user"]["name"],
        "prolonged": valid["expiry-date"] >= opened["expiry-date"] > opened["created-date"],
        "valid_elsewhere": elsewhere,
        "valid_after_end": after_end,
        "ended_again": accepted(client.session_delete, token),
    }


main()
