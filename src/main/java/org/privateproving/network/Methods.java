package org.privateproving.network;

/** Paths of gRPC methods. */
public final class Methods {
  public static final String CREATE_ARTIFACT = "/artifact.ArtifactStore/CreateArtifact";

  private Methods() {}

  /** The path of a method of the prover network. */
  public static String network(String method) {
    return "/network.ProverNetwork/" + method;
  }
}
