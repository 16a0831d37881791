# $1: the members, as rs.initiate takes them.
kubectl exec db-0 -- mongosh --quiet --eval "rs.initiate({_id: 'rs0', members: [$1]})"
