// Starts mongo-java-server on a free port of this machine and says which: a server that speaks MongoDB's protocol, in memory.
// Its own newest version counts as 5.0 with wire version 8, which today's driver refuses; the messages of 17 it understands.
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

public class Starter {
  private static final MongoVersion SIX = new MongoVersion() {
    public List<Integer> getVersionArray() {
      return List.of(6, 0, 0);
    }

    public int getWireVersion() {
      return 17;
    }
  };

  public static void main(String[] arguments) throws Exception {
    MongoServer server = new MongoServer(new MemoryBackend().version(SIX));
    System.out.println(server.bindAndGetConnectionString());
    // Ends with the process that started it, however that one ends.
    while (System.in.read() >= 0) continue;
    server.shutdownNow();
    System.exit(0);
  }
}
