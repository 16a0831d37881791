# $1: the image. Applies, waits, and looks at what came of it: for the first deployment and for an update.
sed "s,IMAGE,$1," "$FOLDER/mongo.yaml" | kubectl apply -f -
kubectl rollout status statefulset/db --timeout=300s
kubectl get pods -l app=db
kubectl get pvc
