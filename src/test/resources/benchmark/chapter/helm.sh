# $1: the image, $2: helm.
"$2" upgrade --install db "$FOLDER/../chart" --set image="$1" --wait --timeout 300s
