# Looks until there is a primary.
until kubectl exec db-0 -- mongosh --quiet --eval 'rs.status()' | grep PRIMARY; do
  sleep 2
done
