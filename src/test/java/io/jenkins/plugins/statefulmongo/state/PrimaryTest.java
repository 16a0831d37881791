package io.jenkins.plugins.statefulmongo.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrimaryTest {
    private final MongoSet set = new MongoSet(3);

    @Test
    void safety10_primaryNeedsAMajorityInTheHighestTerm() {
        assertThat(primary()).contains(set.host(0));
        set.node(1).primary = null;
        assertThat(primary()).contains(set.host(0));
        set.node(2).primary = null;
        assertThat(primary()).isEmpty();
    }

    @Test
    void safety10_ofTwoClaimedPrimariesTheOneOfTheHigherTermCounts() {
        // db-0 is cut off and still believes that it is primary; db-1 was elected by itself and db-2.
        for (int i : new int[] {1, 2}) {
            set.node(i).term = 2;
            set.node(i).primary = 1;
        }
        set.node(1).state = "PRIMARY";
        assertThat(primary()).contains(set.host(1));
    }

    @Test
    void safety10_whoNamesAPrimaryOfAnOlderTermIsNoWitness() {
        set.node(2).term = 2;
        assertThat(primary()).as("two of three name db-0, but in term 1").isEmpty();
    }

    @Test
    void safety10_membersWithoutAVoteAreNoWitnesses() {
        set.node(1).votes = 0;
        set.node(2).answers = false;
        assertThat(primary()).as("one vote of two").isEmpty();
    }

    @Test
    void safety15_votersOutsideTheStatefulSetCountInTheMajority() {
        set.outsider("far-1.example:27017", true).outsider("far-2.example:27017", true);
        assertThat(primary()).contains(set.host(0));
        set.node(2).answers = false;
        assertThat(primary()).as("two witnesses of five voters").isEmpty();
    }

    private Optional<String> primary() {
        return Primary.of(set.members().values(), set.config());
    }
}
