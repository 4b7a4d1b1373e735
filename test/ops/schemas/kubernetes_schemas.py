"""Writes kubernetes.json: the strict JSON schemas of the kinds that ops/kubernetes uses, from the package kubernetes-validate.

    pip install kubernetes-validate==1.37.0
    python test/ops/schemas/kubernetes_schemas.py
"""

import json
from importlib.resources import files
from pathlib import Path

VERSION = "1.31.0"
KINDS = {
    "v1/Namespace": "io.k8s.api.core.v1.Namespace",
    "v1/ServiceAccount": "io.k8s.api.core.v1.ServiceAccount",
    "v1/ConfigMap": "io.k8s.api.core.v1.ConfigMap",
    "v1/Secret": "io.k8s.api.core.v1.Secret",
    "v1/Service": "io.k8s.api.core.v1.Service",
    "apps/v1/Deployment": "io.k8s.api.apps.v1.Deployment",
    "batch/v1/Job": "io.k8s.api.batch.v1.Job",
    "policy/v1/PodDisruptionBudget": "io.k8s.api.policy.v1.PodDisruptionBudget",
    "autoscaling/v2/HorizontalPodAutoscaler": "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler",
    "networking.k8s.io/v1/NetworkPolicy": "io.k8s.api.networking.v1.NetworkPolicy",
}

folder = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{VERSION}-local-strict"
definitions = json.loads((folder / "_definitions.json").read_text())["$defs"]
kept = {}


def keep(node):
    """The node without descriptions; what it refers to is kept as well."""
    if isinstance(node, list):
        return [keep(item) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        name = node["$ref"].split("/")[-1]
        if name not in kept:
            kept[name] = None
            kept[name] = keep(definitions[name])
        return {"$ref": f"#/definitions/{name}"}
    return {
        key: keep(value)
        for key, value in node.items()
        # A property may be called `description`: then it is a schema, not a text.
        if not (key == "description" and isinstance(value, str)) and not key.startswith("x-kubernetes")
    }


kinds = {kind: keep({"$ref": f"#/definitions/{name}"}) for kind, name in KINDS.items()}
output = {
    "$comment": f"Kubernetes {VERSION}, Apache-2.0; made by kubernetes_schemas.py",
    "kinds": kinds,
    "definitions": dict(sorted(kept.items())),
}
Path(__file__).with_name("kubernetes.json").write_text(json.dumps(output, separators=(",", ":")) + "\n")
