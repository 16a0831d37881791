package net.sf.json;

import java.io.Serializable;

/** Signature of {@code net.sf.json.JSON} in json-lib. */
public interface JSON extends Serializable {
    boolean isArray();

    boolean isEmpty();

    int size();
}
