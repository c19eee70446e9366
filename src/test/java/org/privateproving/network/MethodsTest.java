package org.privateproving.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.privateproving.wire.artifact.Artifact;
import org.privateproving.wire.network.Network;

class MethodsTest {

  @Test
  void pathsAreThoseOfTheServicesThatClientsCall() {
    Stream<String> network =
        Network.getDescriptor().getServices().stream()
            .flatMap(service -> service.getMethods().stream())
            .map(method -> "/" + method.getService().getFullName() + "/" + method.getName());
    assertThat(network).contains(Methods.network("RequestProof"), Methods.network("GetNonce"));

    var artifacts = Artifact.getDescriptor().findServiceByName("ArtifactStore");
    assertThat(Methods.CREATE_ARTIFACT)
        .isEqualTo(
            "/"
                + artifacts.getFullName()
                + "/"
                + artifacts.findMethodByName("CreateArtifact").getName());
  }
}
