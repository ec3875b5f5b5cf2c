"""Prints where botocore finds STS: for each region and each kind of endpoint a URL, or null where there is none.

One JSON list of [region, partition, fips, dual stack, URL]. Pseudo regions, which stand for the global endpoint, are left out.
"""

import itertools
import json

import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError

loader = botocore.session.get_session().get_component("data_loader")
partitions = loader.load_data("partitions")
provider = EndpointProvider(loader.load_service_model("sts", "endpoint-rule-set-1"), partitions)


def url(region, fips, dual_stack):
    try:
        return provider.resolve_endpoint(
            Region=region, UseFIPS=fips, UseDualStack=dual_stack, UseGlobalEndpoint=False
        ).url
    except EndpointProviderError:
        return None


found = [
    [region, partition["id"], fips, dual_stack, url(region, fips, dual_stack)]
    for partition in partitions["partitions"]
    for region in partition["regions"]
    if not region.endswith("-global")
    for fips, dual_stack in itertools.product([False, True], repeat=2)
]
print(json.dumps(found))
